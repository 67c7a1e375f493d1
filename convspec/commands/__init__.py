"""The commands of ``convspec``, each a thin face of the engine; what one needs, it imports late."""
