"""What the caretaker and the village write down: config.yaml and one file per community."""
