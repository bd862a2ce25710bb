"""Other people's formats become canonical attempts."""
