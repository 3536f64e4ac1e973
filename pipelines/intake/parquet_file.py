"""Parquet bytes → a table of text.

What belongs here: how a typed column is written as text. What does not: other formats (``csv_file.py``,
``workbook.py``).
"""

from __future__ import annotations

import io

import polars as pl

from pipelines.intake.raw_table import MAX_CELLS, ROW, RawTable
from pipelines.intake.refusal import FileRefused
from schemas.agencies import FileSpec

FIRST_RECORD_ROW = 2
"""A Parquet file has no header row; rows are counted as if it had one, as a spreadsheet would show them."""


def read_parquet(data: bytes, spec: FileSpec) -> RawTable:
    """Read a Parquet file into text.

    Raises:
        FileRefused: it is not Parquet, too large, or a column holds lists or nested values.
    """
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    try:
        about = pq.ParquetFile(io.BytesIO(data)).metadata
        if about.num_rows * max(about.num_columns, 1) > MAX_CELLS:
            raise FileRefused.because("file_too_large")
        frame = pl.read_parquet(io.BytesIO(data))
    except FileRefused:
        raise
    except Exception:  # the readers raise a dozen kinds, and their texts may hold values
        raise FileRefused.because("file_unreadable") from None
    if any(dtype.is_nested() or dtype in (pl.Binary, pl.Object) for dtype in frame.dtypes):
        raise FileRefused.because("file_unreadable", hint="a column holds lists or other nested values")
    text = [_text(frame.get_column(name)).alias(f"c{i}") for i, name in enumerate(frame.columns)]
    stripped = pl.col(pl.String).str.strip_chars(" \t\r\n\u00a0\ufeff")
    cells = (
        pl.DataFrame(text)
        .with_columns(pl.when(stripped.str.len_bytes() > 0).then(stripped))
        .with_row_index(ROW, offset=FIRST_RECORD_ROW)
        .with_columns(pl.col(ROW).cast(pl.Int32))
    )
    if text:
        cells = cells.select(pl.exclude(ROW), ROW).filter(pl.any_horizontal(pl.exclude(ROW).is_not_null()))
    return RawTable(header=tuple(name.strip() for name in frame.columns), cells=cells, has_typed_dates=True)


def _text(series: pl.Series) -> pl.Series:
    dtype = series.dtype
    if isinstance(dtype, pl.Datetime):
        whole = series.dt.hour().cast(pl.Int32) + series.dt.minute() + series.dt.second() == 0
        day, moment = series.dt.strftime("%Y-%m-%d"), series.dt.strftime("%Y-%m-%d %H:%M:%S")
        return pl.select(pl.when(whole).then(day).otherwise(moment)).to_series()
    if dtype == pl.Date:
        return series.dt.strftime("%Y-%m-%d")
    if dtype == pl.Boolean:
        return pl.select(pl.when(series).then(pl.lit("TRUE")).when(~series).then(pl.lit("FALSE"))).to_series()
    if dtype.is_float():
        whole_number = (series == series.round()) & series.is_finite()
        as_int = series.cast(pl.Int64, strict=False).cast(pl.String)
        return pl.select(pl.when(whole_number).then(as_int).otherwise(series.cast(pl.String))).to_series()
    return series.cast(pl.String)
