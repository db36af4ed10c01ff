-- old_contacts: slots that were answered before, the oldest first
delete from contact where (decision_id, slot) in (
    select decision_id, slot from contact where at < %(before)s order by at limit %(most)s
)

-- old_decisions: likewise answers
delete from decision where decision_id in (
    select decision_id from decision where at < %(before)s order by at limit %(most)s
)
