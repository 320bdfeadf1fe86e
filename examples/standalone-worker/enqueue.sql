-- What a service, a trigger or psql enqueues; the queues are made by the worker's first start.
SELECT penstock.enqueue('hooks', 'order-placed', '{"order": 17}');
SELECT penstock.enqueue('commands', 'exec/greet', '{"name": "Ada"}');
