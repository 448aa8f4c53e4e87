-- days(first_day, last_day): the days from first to last, for joins that shall show days without rows too.
create or replace macro days(first_day, last_day) as table
    select unnest(generate_series(first_day::timestamp, last_day::timestamp, interval 1 day))::date as event_date
