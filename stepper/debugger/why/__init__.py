"""Why a step ran and did not come from the cache, and what will run next: told by what was kept of the last run."""
