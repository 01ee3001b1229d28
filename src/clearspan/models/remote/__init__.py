"""Models on servers that speak OpenAI's chat protocol.

- `model`: `RemoteModel`, a configured tier with the face of a local model; refuses what needs a model's inside.
- `replies`, `events`: a reply out of a stream of bytes.
- `backoff`, `faults`: when to try again, and what to say when that does not help.
- `background`: the event loop that all of it runs in.
"""
