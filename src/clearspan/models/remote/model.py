"""A model on a server that speaks OpenAI's chat protocol, with the face of a local one.

What needs the inside of a model (sites, dials, activations, likelihood) cannot be done through that protocol, and
is refused with the reason. All replies are streamed, so that a reply that stalls is noticed, and one that is no
longer wanted is ended at once and not paid for further.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, NoReturn, Unpack

import httpx

from clearspan.closing import Closing
from clearspan.errors import BadInput, ClearspanError, NotFound
from clearspan.models.remote.background import BackgroundLoop
from clearspan.models.remote.backoff import Backoff, passes, read_retry_after
from clearspan.models.remote.events import EventReader, Malformed
from clearspan.models.remote.faults import Faults
from clearspan.models.remote.replies import Rejected, Reply, ReplyStream, read_complaint
from clearspan.models.text.characters import require_whole_characters
from clearspan.models.text.chatting import Generation
from clearspan.models.text.conversation import Message
from clearspan.models.text.sampling import Sampling, SamplingOptions
from clearspan.settings import RemoteTier, Settings
from clearspan.version import __version__

_MOST_STOPS = 4
"""OpenAI's limit; every stop string is looked for here as well."""

_LARGEST_COMPLAINT = 1 << 16
_PARTING_SECONDS = 1.0


class _Passing(Exception):
    """A failure that may be gone at the next try."""

    def __init__(self, error: ClearspanError, retry_after: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after = retry_after


class RemoteModel(Closing):
    """A configured tier; safe to share between threads.

    Nothing is sent before the first request.

    Args:
        name: the tier's name in the settings.
        tier: where it is and what it costs.
        backoff: pauses between tries.

    Attributes:
        reference: what an answer's record calls it.
    """

    def __init__(self, name: str, tier: RemoteTier, backoff: Backoff | None = None) -> None:
        self.name = name
        self.tier = tier
        self.reference = f"tier:{name}/{tier.model}"
        self._faults = Faults(name, tier)
        self._backoff = backoff or Backoff()
        self._loop = BackgroundLoop(f"clearspan-tier-{name}")
        self._places = asyncio.Semaphore(tier.concurrency)
        self._client: httpx.AsyncClient | None = None
        self._waiting = 0
        self._closed = False

    @classmethod
    def of(cls, name: str, settings: Settings) -> "RemoteModel":
        """The tier of a name in the settings.

        Raises:
            NotFound: there is none; says which there are.
            Refused: its key is not in the environment.
        """
        tier = settings.tiers.get(name)
        if tier is None:
            raise NotFound(
                f"There is no tier '{name:.60}'.",
                why=f"Configured are: {', '.join(settings.tiers) or 'none yet'}.",
                do=f"Add a table [tiers.NAME] to {settings.home / 'config.toml'}.",
            )
        Faults(name, tier).key()
        return cls(name, tier)

    def __repr__(self) -> str:
        return f"<RemoteModel {self.reference} at {self.tier.base_url}>"

    @property
    def waiting(self) -> int:
        """How many requests wait because `concurrency` others are under way."""
        return self._waiting

    def close(self) -> None:
        """Cut off what is under way and close the connections; harmless when repeated."""
        if not self._closed:
            self._closed = True
            self._loop.close(self._client.aclose if self._client is not None else None)

    def chat(
        self,
        messages: str | Sequence[Message],
        *,
        dials: Sequence[object] = (),
        wait: float | None = None,
        **sampling: Unpack[SamplingOptions],
    ) -> Generation:
        """The reply to a conversation; a string is one user message.

        A reply that breaks off is asked for again, because nobody has seen its beginning.

        Args:
            wait: longest time in seconds to wait while `concurrency` others are under way.
            sampling: see `Sampling`.

        Raises:
            Refused: dials were given, the key is missing or not accepted, or the server withheld the reply.
            BadInput: a message or parameter cannot be used, here or there.
            Busy: too many requests are under way, here or there.
            FetchError: the server was not reached, was too slow, or sent something that is no reply.
        """
        return self._begin(messages, Sampling(**sampling), dials, wait, held=True).finish()

    def stream_chat(
        self,
        messages: str | Sequence[Message],
        *,
        dials: Sequence[object] = (),
        wait: float | None = None,
        **sampling: Unpack[SamplingOptions],
    ) -> ReplyStream:
        """As `chat`, piece by piece; what the server does wrong is raised while the stream is read.

        It is tried again for as long as no text has come. A reply that breaks off later is an error: a second try
        would not continue it.
        """
        return self._begin(messages, Sampling(**sampling), dials, wait, held=False)

    def generate(self, *_: object, **__: object) -> NoReturn:
        """Refused: the protocol has conversations, not plain text to continue."""
        raise self._faults.no_plain_text()

    def dial(self, *_: object) -> NoReturn:
        """Refused: a dial changes activations, which stay on the server."""
        raise self._faults.inside("dial features")

    def activations(self, *_: object, **__: object) -> NoReturn:
        """Refused: the server does not show them."""
        raise self._faults.inside("read activations")

    def stream_activations(self, *_: object, **__: object) -> NoReturn:
        """Refused: the server does not show them."""
        raise self._faults.inside("read activations")

    def sites(self) -> NoReturn:
        """Refused: what is inside the model is not known here."""
        raise self._faults.inside("list the sites of the model")

    def direction(self, *_: object, **__: object) -> NoReturn:
        """Refused: a direction belongs to a site."""
        raise self._faults.inside("place a direction")

    def likelihood(self, *_: object, **__: object) -> NoReturn:
        """Refused: the protocol gives no probabilities of a text that it did not choose itself."""
        raise self._faults.inside("say how likely a given text is")

    def _begin(
        self,
        messages: str | Sequence[Message],
        sampling: Sampling,
        dials: Sequence[object],
        wait: float | None,
        *,
        held: bool,
    ) -> ReplyStream:
        if dials:
            raise self._faults.inside("dial features")
        if self._closed:
            raise self._faults.closed()
        self._faults.key()
        given = [Message(role="user", content=messages)] if isinstance(messages, str) else list(messages)
        if not given:
            raise BadInput("The conversation is empty.", do="Give at least one message.")
        for message in given:
            require_whole_characters(message["content"])
        reply = Reply(self.name, given, sampling, held=held)
        task = self._loop.submit(self._speak(self._body(given, sampling), reply, wait))
        return ReplyStream(reply, task)

    def _body(self, messages: Sequence[Message], sampling: Sampling) -> bytes:
        body: dict[str, Any] = {
            "model": self.tier.model,
            "messages": messages,
            "max_tokens": sampling.max_tokens,
            "temperature": sampling.temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if sampling.top_p < 1:
            body["top_p"] = sampling.top_p
        if sampling.seed is not None:
            body["seed"] = sampling.seed
        if sampling.stop:
            body["stop"] = list(sampling.stop[:_MOST_STOPS])
        return json.dumps(body, ensure_ascii=False).encode()

    async def _speak(self, body: bytes, reply: Reply, wait: float | None) -> None:
        async with self._place(wait):
            try:
                async with asyncio.timeout(self.tier.timeout):
                    await self._try_until_passed(body, reply)
            except TimeoutError:
                raise self._faults.too_slow("timeout") from None

    @asynccontextmanager
    async def _place(self, wait: float | None) -> AsyncGenerator[None]:
        self._waiting += 1
        try:
            async with asyncio.timeout(wait):
                await self._places.acquire()
        except TimeoutError:
            raise self._faults.busy(wait or 0.0) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()

    async def _try_until_passed(self, body: bytes, reply: Reply) -> None:
        ends = asyncio.get_running_loop().time() + self.tier.timeout
        for failures in itertools.count(1):
            try:
                return await self._try(body, reply)
            except _Passing as failure:
                pause = self._backoff.pause(failures, failure.retry_after)
                time_left = ends - asyncio.get_running_loop().time()
                if failures > self.tier.retries or reply.shown or pause >= time_left:
                    raise failure.error from failure.__cause__
            reply.forget()
            await asyncio.sleep(pause)

    async def _try(self, body: bytes, reply: Reply) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self.tier.first_timeout) as watch, self._response(body) as response:
                await self._require_events(response)
                reader = EventReader()
                async for piece in response.aiter_bytes():
                    for data in reader.feed(piece):
                        watch.reschedule(loop.time() + self.tier.idle_timeout)
                        reply.add(data)
                    if reply.over:
                        # What follows is nothing but the end of the body, after which the connection serves again.
                        watch.reschedule(loop.time() + _PARTING_SECONDS)
                    if reply.cut:
                        break
                    # Lets a caller that closed the stream be heard, however fast the server sends.
                    await asyncio.sleep(0)
        except TimeoutError:
            if not reply.conclude():
                raise self._faults.too_slow("idle_timeout" if reply.begun else "first_timeout") from None
        except (Malformed, Rejected, httpx.DecodingError, httpx.InvalidURL) as error:
            raise self._faults.nonsense(str(error)) from error
        except httpx.TransportError as error:
            if not reply.conclude():
                raise _Passing(self._faults.unreachable(error)) from error
        if reply.complaint is not None:
            self._raise_for(reply.complaint.status, reply.complaint.message, None)
        if not reply.conclude():
            raise _Passing(self._faults.cut_off())

    @asynccontextmanager
    async def _response(self, body: bytes) -> AsyncGenerator[httpx.Response]:
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(None, connect=self.tier.connect_timeout),
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=self.tier.concurrency),
                headers={"User-Agent": f"clearspan/{__version__}", "Accept": "text/event-stream"},
            )
        headers = {"Content-Type": "application/json"}
        if key := self._faults.key():
            headers["Authorization"] = f"Bearer {key}"
        url = f"{self.tier.base_url}/chat/completions"
        async with self._client.stream("POST", url, content=body, headers=headers) as response:
            yield response

    async def _require_events(self, response: httpx.Response) -> None:
        if response.status_code != 200:
            said = await _said(response)
            self._raise_for(response.status_code, said, response.headers.get("retry-after"))
        kind = response.headers.get("content-type", "nothing").partition(";")[0].strip()
        if kind != "text/event-stream":
            raise self._faults.nonsense(f"it sent {kind:.60} instead of text/event-stream")

    def _raise_for(self, status: int, said: str, retry_after: str | None) -> NoReturn:
        error = self._faults.refusal(status, said)
        if passes(status):
            raise _Passing(error, read_retry_after(retry_after, datetime.now(UTC)))
        raise error


async def _said(response: httpx.Response) -> str:
    """What a server says about a refusal, as far as it can be told."""
    raw = b""
    async for piece in response.aiter_bytes():
        raw += piece
        if len(raw) > _LARGEST_COMPLAINT:
            break
    text = raw.decode("utf-8", "replace")
    try:
        return read_complaint(json.loads(text)["error"], response.status_code).message
    except (ValueError, KeyError, TypeError):
        return text
