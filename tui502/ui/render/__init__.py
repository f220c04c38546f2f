"""Pure: values → rows of text with roles. Nothing here knows Textual."""
