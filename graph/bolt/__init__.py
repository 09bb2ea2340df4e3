"""A graph on a Neo4j server, over Bolt with the official driver."""
