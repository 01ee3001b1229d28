"""How fast the local model is, each way; nothing is loaded for it unless it is to be measured."""

from clearspan.doctor.examined import Examined
from clearspan.measure.processor import processor
from clearspan.models.backends import figures
from clearspan.models.backends.figures import Timing
from clearspan.models.backends.native import build
from clearspan.models.weights.sources import cached
from clearspan.settings import Settings

_MEASURE = (
    "Run 'clearspan doctor --measure', or use the model: it is measured once, beside its first answers."
)


def kernel(settings: Settings) -> Examined:
    """What the fast path is compiled to, and whether it is."""
    if settings.backend == "plain":
        return Examined("kernel", "ok", "The settings keep to the plain path (backend).")
    library = build.built(settings, portable=settings.kernel == "portable")
    if library is None:
        do = "It is compiled when a model is first used, in about 10 s; 'clearspan doctor --measure' does so now."
        return Examined("kernel", "note", f"'{settings.kernel}' is not compiled here yet.", do)
    return Examined("kernel", "ok", f"'{settings.kernel}' is compiled: {library}.")


def speed(settings: Settings) -> Examined:
    """What was measured of the local model on this processor with the library of these settings."""
    if settings.backend == "plain":
        return Examined(
            "speed", "ok", f"{settings.model} runs on the plain path, which nothing is timed beside."
        )
    library = build.built(settings, portable=settings.kernel == "portable")
    here = processor()
    timing = next(
        (
            one
            for one in figures.of_model(settings.model, settings)
            if library is not None and one.library == library.name and one.processor == here
        ),
        None,
    )
    if timing is None:
        return Examined("speed", "note", f"{settings.model} was not measured on this machine yet.", _MEASURE)
    return Examined("speed", "ok", f"{settings.model}: {_told(timing)}.")


def measure(settings: Settings) -> None:
    """Load the local model and measure it anew, which takes a minute at most on a machine that is free.

    Raises:
        ClearspanError: it cannot be loaded.
    """
    from clearspan.models.serving.engine import LanguageModel

    figures.forget(settings.model, settings)
    with LanguageModel.load(settings.model, settings) as model:
        model.settle()


def is_here(settings: Settings) -> bool:
    """Whether the local model's weights need not be fetched.

    Raises:
        NotFound, BadInput: the settings name no model that there is.
    """
    kept_by_user = settings.model.startswith(("gguf:", "dir:"))
    return kept_by_user or cached(settings.model, settings) is not None


def _told(timing: Timing) -> str:
    said = "; ".join(f"{way} {speeds}" for way, speeds in timing.ways.items())
    return f"{timing.faster} is faster here and answers, threads: {timing.threads}. Tokens/s: {said}"
