"""The parts of the game night: a whole evening that is composed, played through and scored."""
