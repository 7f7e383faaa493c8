"""Outside systems: one package each, a protocol with a simulator. They know the kernel only."""
