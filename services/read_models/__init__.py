"""Read models: one file each, with the projection that writes its tables and the queries that read them."""
