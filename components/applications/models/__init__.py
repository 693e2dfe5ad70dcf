"""What language models cost."""
