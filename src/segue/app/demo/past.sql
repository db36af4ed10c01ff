-- decided: whether anything was ever decided here
select exists (select from decision)
