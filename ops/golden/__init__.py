"""Golden manifests: what each stack declares, as text that a review can read and a diff can show."""
