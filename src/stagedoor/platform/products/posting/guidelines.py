"""Requirements of TikTok's Content Sharing Guidelines on applications that post (`posting.yaml`,
ux_checklist). TikTok's audit of an app looks at these."""

from __future__ import annotations

from dataclasses import dataclass

from ...vocabulary import PrivacyLevel

CONSENT = "By posting, you agree to TikTok's Music Usage Confirmation"
CONSENT_BRANDED = (
    "By posting, you agree to TikTok's Branded Content Policy and Music Usage Confirmation"
)
MUSIC_USAGE = "https://www.tiktok.com/legal/page/global/music-usage-confirmation/en"
BRANDED_CONTENT = "https://www.tiktok.com/legal/page/global/bc-policy/en"
LABEL_BRANDED = "Paid partnership"
LABEL_ORGANIC = "Promotional content"
PRIVACY_LABELS = {
    PrivacyLevel.PUBLIC_TO_EVERYONE.value: "Everyone",
    PrivacyLevel.MUTUAL_FOLLOW_FRIENDS.value: "Friends",
    PrivacyLevel.FOLLOWER_OF_CREATOR.value: "Followers",
    PrivacyLevel.SELF_ONLY.value: "Only me",
}
"""Words for the choices of a page."""
TAKES_MINUTES = "It may take a few minutes until TikTok has processed the post and shows it."
FINISH_IN_INBOX = (
    "The post is a draft: the notice in TikTok's inbox opens it, to be finished and posted there."
)
NOT_PRIVATE = "Branded content can't be private."
CHOOSE_BRAND = (
    "Say whether the post promotes yourself, a third party, or both: until then it can't be "
    "published."
)
"""Texts of a page (ux14, ux15, ux21, ux23): TikTok demands what they tell, not the wording."""


def consent_text(branded: bool) -> str:
    """The declaration that a person agrees to before posting; the wording is TikTok's."""
    return CONSENT_BRANDED if branded else CONSENT


def disclosure_label(branded: bool, own_brand: bool) -> str | None:
    """The label that TikTok shows with a post whose creator discloses a promotion."""
    if branded:
        return LABEL_BRANDED
    return LABEL_ORGANIC if own_brand else None


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement. `direct`: for direct posts only; `draft`: for drafts in the inbox only."""

    id: str
    text: str
    direct: bool = False
    draft: bool = False


CHECKLIST = (
    Requirement("ux01", "Read creator_info each time the export page is drawn.", True),
    Requirement("ux02", "Show the creator's nickname, so that the person sees the account.", True),
    Requirement("ux03", "Stop when creator_info says that no more posts are taken now.", True),
    Requirement("ux04", "Check a video's length against the creator's longest."),
    Requirement("ux05", "Offer an editable title."),
    Requirement("ux06", "Offer the privacy levels of creator_info, and no others.", True),
    Requirement("ux07", "Preselect no privacy level: the person chooses.", True),
    Requirement("ux08", "Comments, duets and stitches start switched off.", True),
    Requirement("ux09", "Grey out an interaction that the creator disabled.", True),
    Requirement("ux10", "For photos, offer the switch for comments and no other.", True),
    Requirement("ux11", "The disclosure of promotions is there, and off by default.", True),
    Requirement("ux12", f"Tell that the label is '{LABEL_ORGANIC}' or '{LABEL_BRANDED}'.", True),
    Requirement("ux14", "A promotion of nobody can't be published; a hint says why.", True),
    Requirement("ux15", NOT_PRIVATE, True),
    Requirement("ux16", "Show the declaration of consent before each post."),
    Requirement("ux17", "Show a preview of the content."),
    Requirement("ux18", "Add no watermark, logo, link or promotional text to the media."),
    Requirement("ux19", "A title or hashtags that you preset can be edited."),
    Requirement("ux20", "Send nothing to TikTok before the person clearly agrees."),
    Requirement("ux21", "Tell the person that it can take minutes until the post shows."),
    Requirement("ux22", "Poll the status or handle webhooks, and show the progress."),
    Requirement("ux23", "Tell the person to finish the draft from TikTok's inbox.", draft=True),
    Requirement("ux24", "Keep the app's client secret private."),
    Requirement("ux25", "Have TikTok fetch media from your servers; upload a device's media."),
    Requirement("ux26", "Serve a wide audience and original content, not copies."),
)
"""ux12 holds ux13 too, which is about the other label."""
