"""Events out: an organisation's webhooks and e-mail addresses are told what happened."""
