"""Applications on the platform, as a stack file describes them: so far what they tell of themselves."""
