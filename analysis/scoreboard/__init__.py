"""The program against every public measurement that it can express; `bash analysis/scoreboard.sh` writes the page."""
