"""A listening test that needs a browser and nothing else: a page to hand out, and what its results say."""
