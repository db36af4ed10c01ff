-- processed: offset up to which every worker has applied the log
select coalesce(min(position), 0) from consumer
