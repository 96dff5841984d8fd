"""The starter music of dndmood as readable scores, and the chain that turns them into sound."""
