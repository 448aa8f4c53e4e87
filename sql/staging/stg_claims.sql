-- stg_claims: one row per claim of each reading of a revision, by every producer; the mart claims holds the current ones.
-- key: event_id, claim_number
-- why: spans are half-open [start, end) character offsets into the text of the revision.
with unpacked as (
    select
        *,
        from_json(payload, '{
            "article_id": "VARCHAR", "revision_id": "VARCHAR",
            "claims": [{
                "claim_id": "VARCHAR", "content": [["INTEGER"]], "cue": [["INTEGER"]], "source": [["INTEGER"]],
                "sentence": ["INTEGER"], "attribution": "VARCHAR", "claim_type": "VARCHAR", "modality": "VARCHAR",
                "hedges": [["INTEGER"]], "cue_class": "VARCHAR", "confidence": "VARCHAR", "rule": "VARCHAR",
                "speakers": [{
                    "span": ["INTEGER"], "speaker_id": "VARCHAR", "name": "VARCHAR", "attribution": "VARCHAR",
                    "speaks_for_id": "VARCHAR", "party": "VARCHAR", "candidates": ["VARCHAR"], "reason": "VARCHAR",
                    "named_at": ["INTEGER"], "named_by": "VARCHAR"
                }],
                "via": [{
                    "span": ["INTEGER"], "kind": "VARCHAR", "actor_id": "VARCHAR", "name": "VARCHAR", "cue": ["INTEGER"]
                }],
                "said_on": {
                    "start": "DATE", "end": "DATE", "precision": "VARCHAR", "span": ["INTEGER"], "anchor": "VARCHAR",
                    "rule": "VARCHAR", "reason": "VARCHAR"
                },
                "occurred_on": {
                    "start": "DATE", "end": "DATE", "precision": "VARCHAR", "span": ["INTEGER"], "anchor": "VARCHAR",
                    "rule": "VARCHAR", "reason": "VARCHAR", "carried_from": ["INTEGER"], "candidates": [["INTEGER"]]
                },
                "quantities": [{
                    "metric": "VARCHAR", "low": "BIGINT", "high": "BIGINT", "bound": "VARCHAR", "span": ["INTEGER"],
                    "is_cumulative": "BOOLEAN",
                    "since": {"start": "DATE", "end": "DATE"}, "until": {"start": "DATE", "end": "DATE"},
                    "victim_class": "VARCHAR", "parent": "INTEGER", "superseded_low": "BIGINT",
                    "superseded_high": "BIGINT", "superseded_span": ["INTEGER"], "rule": "VARCHAR"
                }],
                "places": [{
                    "span": ["INTEGER"], "place_id": "VARCHAR", "name": "VARCHAR", "carried_from": ["INTEGER"],
                    "rule": "VARCHAR"
                }],
                "actors": [{
                    "role": "VARCHAR", "span": ["INTEGER"], "actor_id": "VARCHAR", "name": "VARCHAR",
                    "named_at": ["INTEGER"], "named_by": "VARCHAR"
                }]
            }]
        }') as fields,
    from events
    where event_type = 'ClaimsExtracted' and payload is not null
),

claims_unnested as (
    select
        *,
        unnest(fields.claims) as claim,
        generate_subscripts(fields.claims, 1) as claim_number,
    from unpacked
)

select
    event_id,
    claim.claim_id as claim_id,
    fields.article_id as article_id,
    fields.revision_id as revision_id,
    claim.attribution as attribution,
    claim.claim_type as claim_type,
    claim.modality as modality,
    claim.cue_class as cue_class,
    claim.confidence as confidence,
    claim.rule as rule,
    claim.said_on.precision as said_on_precision,
    claim.said_on.anchor as said_on_anchor,
    claim.said_on.rule as said_on_rule,
    claim.said_on.reason as said_on_reason,
    claim.occurred_on.precision as occurred_on_precision,
    claim.occurred_on.anchor as occurred_on_anchor,
    claim.occurred_on.rule as occurred_on_rule,
    claim.occurred_on.reason as occurred_on_reason,
    claim.speakers as speakers,
    claim.via as via,
    claim.quantities as quantities,
    claim.places as places,
    claim.actors as actors,
    producer,
    position,
    claim_number,
    claim.content as content_spans,
    claim.cue as cue_spans,
    claim.source as source_spans,
    claim.hedges as hedge_spans,
    claim.sentence as sentence_span,
    claim.said_on.span as said_on_span,
    claim.occurred_on.span as occurred_on_span,
    claim.occurred_on.carried_from as occurred_on_carried_from,
    -- events of schema version 2 have none: a null would make every list that it is added to null
    coalesce(claim.occurred_on.candidates, []) as occurred_on_candidates,
    claim.said_on.start as said_on_start,
    claim.said_on."end" as said_on_end,
    claim.occurred_on.start as occurred_on_start,
    claim.occurred_on."end" as occurred_on_end,
    event_date,
    occurred_at,
    recorded_at,
from claims_unnested
