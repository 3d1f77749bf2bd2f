"""d2m in TouchDesigner: the callbacks of an OSC In DAT. It keeps the newest values of each address in a table.

1. Add an OSC In DAT, network port 9000, and a Table DAT named d2m beside it.
2. Put this text into the OSC In DAT's callbacks DAT (or point that one's File parameter to this file, Sync to File on).
3. d2m live --osc 127.0.0.1:9000
4. Table cells: op('d2m')['/d2m/energy', 1]; for channels let a DAT to CHOP read the table (first column names).
"""

TABLE = "d2m"


def onReceiveOSC(dat, rowIndex, message, bytes, timeStamp, address, args, peer):  # noqa: N802 - its name
    """TouchDesigner calls this for each message."""
    if not address.startswith("/d2m/"):
        return
    table = op(TABLE)  # noqa: F821 - TouchDesigner's
    values = [address, *args]
    if table.row(address) is None:
        table.appendRow(values)
    else:
        table.replaceRow(address, values)
