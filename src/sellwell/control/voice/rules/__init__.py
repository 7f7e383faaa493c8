"""The rules of voice, pure: questions and answers, figures with their uncertainty, the draw of a sample."""
