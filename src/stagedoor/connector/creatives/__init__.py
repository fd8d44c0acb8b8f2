"""Videos, images and posts that ads show, by ad account."""
