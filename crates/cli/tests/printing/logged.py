"""What `logging` writes: levels, hierarchies, formats, filters, files."""

import logging
import os
import sys

log = logging.getLogger("train")
log.info("nothing yet")
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(levelname)-8s %(name)s | %(message)s")
log.info("starting with %d samples of %s", 10, [1, 2])
log.warning("careful %(a)s", {"a": 1})
log.debug("hidden")
logging.error("root %s", "message")
child = log.getChild("epoch")
child.setLevel("DEBUG")
child.debug("seen: %.3f", 0.5)
print(child.name, child.getEffectiveLevel(), log.getEffectiveLevel(), child.parent.name, log.isEnabledFor(10))
print(logging.getLevelName(20), logging.getLevelName("ERROR"), logging.getLevelName(35), logging.WARN)

own = logging.getLogger("own")
own.propagate = False
handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(logging.Formatter("{levelname}:{message}", style="{"))
handler.setLevel(logging.WARNING)
own.addHandler(handler)
own.info("too low for the handler")
own.error("own error %s", ValueError("x"))
handler.addFilter(lambda record: "secret" not in record.getMessage())
own.error("secret")
own.warning("shown")


class Counting(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append((record.levelname, self.format(record)))


counting = Counting()
logging.getLogger().addHandler(counting)
log.info("to both")
child.critical("bad")
print(counting.lines)
file = logging.FileHandler("run.log", mode="w")
file.setFormatter(logging.Formatter("%(name)s %(message)s"))
log.addHandler(file)
log.info("in the file")
log.removeHandler(file)
file.close()
print(open("run.log").read().strip(), os.path.exists("run.log"))
logging.disable(logging.INFO)
log.info("off")
log.warning("still on")
try:
    log.setLevel("LOUD")
except ValueError as e:
    print(e)
print(log, logging.getLogger(), logging.getLogger("train") is log)
