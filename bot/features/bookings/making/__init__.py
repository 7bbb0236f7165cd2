"""Makes agreements: books work that fits, corrects a proposal, and asks about times that clash."""
