-- What the service keeps. A real one would have a migration for it.
CREATE TABLE IF NOT EXISTS orders (
    order_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer     text        NOT NULL CHECK (customer <> ''),
    cents        bigint      NOT NULL CHECK (cents > 0),
    placed_at    timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz
);
