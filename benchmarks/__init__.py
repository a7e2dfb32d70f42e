"""What our work costs beside what a plain program costs: one module a subject, each run in a process of its own."""
