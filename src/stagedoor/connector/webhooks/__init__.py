"""TikTok's webhooks: verified, stored before they are acknowledged, processed later."""
