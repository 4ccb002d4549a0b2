"""`python -m blogapp`."""

from blogapp.cli import main

main()
