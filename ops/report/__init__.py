"""`ballast preview-report`: what a preview would do, the data at risk first."""
