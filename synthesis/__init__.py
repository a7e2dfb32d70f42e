"""Songs and signals made by formula: the demo catalogue, and sounds whose answer physics knows."""
