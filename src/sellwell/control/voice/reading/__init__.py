"""The views of voice, by concept; `views` registers them all."""
