"""Receipts and their replay."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from clearspan.faults import Diagnosis
from clearspan.receipts import Receipt
from clearspan.replay import Replay, replay
from clearspan.server.context import FromServer

router = APIRouter(prefix="/api", tags=["receipts"])

ReceiptId = Annotated[str, Path(max_length=64)]


class Receipts(BaseModel):
    """Receipts, the newest first."""

    receipts: tuple[Receipt, ...]


class DiagnoseRequest(BaseModel):
    """What a diagnosis may know."""

    model_config = ConfigDict(extra="forbid")

    gold: str = Field(
        default="", max_length=500, description="the right answer in a few words, if it is known"
    )


class Diagnoses(BaseModel):
    """Faults of the sentences of one answer, in reading order."""

    diagnoses: tuple[Diagnosis, ...]


@router.get("/receipts")
def receipts(
    server: FromServer,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[datetime | None, Query(description="only those created before this moment")] = None,
) -> Receipts:
    """The newest receipts; page on with `before` set to the `created_at` of the last one."""
    return Receipts(receipts=tuple(server.workspace.ledger.receipts(limit, before)))


@router.get("/receipts/{receipt_id}")
def receipt(receipt_id: ReceiptId, server: FromServer) -> Receipt:
    """One receipt, whole."""
    return server.workspace.receipt(receipt_id)


@router.post("/receipts/{receipt_id}/replay")
async def replay_receipt(receipt_id: ReceiptId, server: FromServer) -> Replay:
    """Ask the question of a receipt again and say what changed; the new answer is not recorded."""
    return await server.workers.result(lambda: replay(server.workspace, server.workspace.receipt(receipt_id)))


@router.post("/receipts/{receipt_id}/diagnose")
async def diagnose_receipt(receipt_id: ReceiptId, body: DiagnoseRequest, server: FromServer) -> Diagnoses:
    """Say of each wrong or unsupported sentence which fault it is; more is told with the right answer at hand."""
    workspace = server.workspace
    found = await server.workers.result(lambda: workspace.diagnose(workspace.receipt(receipt_id), body.gold))
    return Diagnoses(diagnoses=found)
