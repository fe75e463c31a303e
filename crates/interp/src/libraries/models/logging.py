"""Python's `logging`: loggers hand records on to handlers, which write them in a run.

source: Lib/logging/__init__.py
"""

import sys

CRITICAL = FATAL = 50
ERROR = 40
WARNING = WARN = 30
INFO = 20
DEBUG = 10
NOTSET = 0
BASIC_FORMAT = "%(levelname)s:%(name)s:%(message)s"
raiseExceptions = True

_names = {CRITICAL: "CRITICAL", ERROR: "ERROR", WARNING: "WARNING", INFO: "INFO", DEBUG: "DEBUG", NOTSET: "NOTSET"}
_levels = {"CRITICAL": CRITICAL, "FATAL": FATAL, "ERROR": ERROR, "WARN": WARNING, "WARNING": WARNING, "INFO": INFO,
           "DEBUG": DEBUG, "NOTSET": NOTSET}
_loggers = {}
_disabled = [NOTSET]


def getLevelName(level):
    found = _names.get(level, _levels.get(level))
    return f"Level {level}" if found is None else found


def getLevelNamesMapping():
    return dict(_levels)


def addLevelName(level, levelName):
    _names[level] = levelName
    _levels[levelName] = level


def _number(level):
    if not is_known(level) or isinstance(level, int):
        return level
    if not isinstance(level, str):
        raise TypeError(f"Level not an integer or a valid string: {level!r}")
    if level not in _levels:
        raise ValueError(f"Unknown level: {level!r}")
    return _levels[level]


class LogRecord:
    def __init__(self, name, level, msg, args):
        self.name, self.msg = name, msg
        self.levelno, self.levelname = level, getLevelName(level)
        # `log("%(a)d", {"a": 1})`
        self.args = args[0] if len(args) == 1 and isinstance(args[0], dict) and args[0] else args

    def getMessage(self):
        return str(self.msg) % self.args if self.args else str(self.msg)

    def __getattr__(self, name):
        # Where in the script, in which thread and process.
        return unknown()


class Formatter:
    default_time_format = "%Y-%m-%d %H:%M:%S"

    def __init__(self, fmt=None, datefmt=None, style="%", validate=True, *, defaults=None):
        if style not in ("%", "{", "$"):
            raise ValueError("Style must be one of: %,{,$")
        self.datefmt, self._style = datefmt, style
        self._fmt = fmt if fmt is not None else {"%": "%(message)s", "{": "{message}", "$": "${message}"}[style]

    def formatTime(self, record, datefmt=None):
        import datetime
        now = datetime.datetime.now()
        return now.strftime(datefmt) if datefmt else now.strftime(self.default_time_format) + ",000"

    def format(self, record):
        given = {"message": record.getMessage(), "name": record.name, "levelname": record.levelname,
                 "levelno": record.levelno, **vars(record)}
        if "asctime" in self._fmt:
            given["asctime"] = self.formatTime(record, self.datefmt)
        for place in ("filename", "pathname", "module", "lineno", "funcName", "created", "msecs", "relativeCreated",
                      "process", "processName", "thread", "threadName", "taskName", "exc_info"):
            if place in self._fmt and place not in given:
                return unknown()
        if "exc_info" in given or self._style == "$":
            return unknown()
        return self._fmt % given if self._style == "%" else self._fmt.format(**given)


class Filter:
    def __init__(self, name=""):
        self.name = name

    def filter(self, record):
        return not self.name or record.name == self.name or record.name.startswith(self.name + ".")


class _Filterer:
    def addFilter(self, filter):
        if filter not in self.filters:
            self.filters.append(filter)

    def removeFilter(self, filter):
        if filter in self.filters:
            self.filters.remove(filter)

    def filter(self, record):
        for each in self.filters:
            if not (each.filter(record) if hasattr(each, "filter") else each(record)):
                return False
        return True


class Handler(_Filterer):
    def __init__(self, level=NOTSET):
        self.level, self.formatter, self.filters, self.name = _number(level), None, [], None

    def setLevel(self, level):
        self.level = _number(level)

    def setFormatter(self, fmt):
        self.formatter = fmt

    def set_name(self, name):
        self.name = name

    def get_name(self):
        return self.name

    def format(self, record):
        return (Formatter() if self.formatter is None else self.formatter).format(record)

    def handle(self, record):
        if self.filter(record):
            self.emit(record)

    def emit(self, record):
        raise NotImplementedError("emit must be implemented by Handler subclasses")

    def acquire(self):
        pass

    release = flush = close = acquire


class StreamHandler(Handler):
    terminator = "\n"

    def __init__(self, stream=None):
        super().__init__()
        self.stream = sys.stderr if stream is None else stream

    def setStream(self, stream):
        before, self.stream = self.stream, stream
        return before

    def emit(self, record):
        text = self.format(record)
        # What goes to standard error besides is nobody's result.
        if is_known(text) or self.stream is not sys.stderr:
            self.stream.write(text + self.terminator)


class FileHandler(StreamHandler):
    def __init__(self, filename, mode="a", encoding=None, delay=False, errors=None):
        super().__init__(open(filename, mode) if is_carried_out() else unknown())
        self.baseFilename, self.mode = str(filename), mode

    def close(self):
        self.stream.close()


class NullHandler(Handler):
    def emit(self, record):
        pass


class Logger(_Filterer):
    def __init__(self, name, level=NOTSET):
        self.name, self.level = name, _number(level)
        self.propagate, self.disabled, self.handlers, self.filters = True, False, [], []

    @property
    def parent(self):
        name = self.name
        while self is not root and "." in name:
            name = name.rpartition(".")[0]
            if name in _loggers:
                return _loggers[name]
        return None if self is root else root

    def setLevel(self, level):
        self.level = _number(level)

    def getEffectiveLevel(self):
        logger = self
        while logger is not None:
            if logger.level:
                return logger.level
            logger = logger.parent
        return NOTSET

    def isEnabledFor(self, level):
        return not self.disabled and level > _disabled[0] and level >= self.getEffectiveLevel()

    def getChild(self, suffix):
        return getLogger(suffix if self is root else self.name + "." + suffix)

    def addHandler(self, hdlr):
        if hdlr not in self.handlers:
            self.handlers.append(hdlr)

    def removeHandler(self, hdlr):
        if hdlr in self.handlers:
            self.handlers.remove(hdlr)

    def hasHandlers(self):
        logger = self
        while logger is not None:
            if logger.handlers:
                return True
            logger = logger.parent if logger.propagate else None
        return False

    def log(self, level, msg, *args, exc_info=None, extra=None, stack_info=False, stacklevel=1):
        if not is_carried_out() or not self.isEnabledFor(level):
            return
        record = LogRecord(self.name, level, msg, args)
        for name, value in (extra or {}).items():
            setattr(record, name, value)
        if exc_info or stack_info:
            record.exc_info = unknown()
        self.handle(record)

    def debug(self, msg, *args, **kwargs):
        self.log(DEBUG, msg, *args, **kwargs)

    def info(self, msg, *args, **kwargs):
        self.log(INFO, msg, *args, **kwargs)

    def warning(self, msg, *args, **kwargs):
        self.log(WARNING, msg, *args, **kwargs)

    warn = warning

    def error(self, msg, *args, **kwargs):
        self.log(ERROR, msg, *args, **kwargs)

    def critical(self, msg, *args, **kwargs):
        self.log(CRITICAL, msg, *args, **kwargs)

    fatal = critical

    def exception(self, msg, *args, exc_info=True, **kwargs):
        self.log(ERROR, msg, *args, exc_info=exc_info, **kwargs)

    def handle(self, record):
        if not self.disabled and self.filter(record):
            self.callHandlers(record)

    def callHandlers(self, record):
        logger, found = self, False
        while logger is not None:
            for handler in logger.handlers:
                found = True
                if record.levelno >= handler.level:
                    handler.handle(record)
            logger = logger.parent if logger.propagate else None
        if not found and record.levelno >= WARNING:
            StreamHandler().emit(record)

    def __repr__(self):
        return f"<{'RootLogger' if self is root else 'Logger'} {self.name} ({getLevelName(self.getEffectiveLevel())})>"

    def __getattr__(self, name):
        return unknown()


root = Logger("root", WARNING)


def getLogger(name=None):
    if not is_known(name):
        return unknown()
    if not name or name == "root":
        return root
    if name not in _loggers:
        _loggers[name] = Logger(name)
    return _loggers[name]


def basicConfig(*, filename=None, filemode="a", format=None, datefmt=None, style="%", level=None, stream=None,
                handlers=None, force=False, encoding=None, errors=None):
    if force:
        root.handlers.clear()
    if root.handlers:
        return
    if handlers is None:
        handlers = [StreamHandler(stream) if filename is None else FileHandler(filename, filemode)]
    if format is None:
        format = BASIC_FORMAT if style == "%" else "{levelname}:{name}:{message}"
    for handler in handlers:
        if handler.formatter is None:
            handler.setFormatter(Formatter(format, datefmt, style))
        root.addHandler(handler)
    if level is not None:
        root.setLevel(level)


def log(level, msg, *args, **kwargs):
    if is_carried_out() and not root.handlers:
        basicConfig()
    root.log(level, msg, *args, **kwargs)


def debug(msg, *args, **kwargs):
    log(DEBUG, msg, *args, **kwargs)


def info(msg, *args, **kwargs):
    log(INFO, msg, *args, **kwargs)


def warning(msg, *args, **kwargs):
    log(WARNING, msg, *args, **kwargs)


warn = warning


def error(msg, *args, **kwargs):
    log(ERROR, msg, *args, **kwargs)


def critical(msg, *args, **kwargs):
    log(CRITICAL, msg, *args, **kwargs)


fatal = critical


def exception(msg, *args, exc_info=True, **kwargs):
    log(ERROR, msg, *args, exc_info=exc_info, **kwargs)


def disable(level=CRITICAL):
    _disabled[0] = _number(level)


def captureWarnings(capture):
    pass


def shutdown():
    pass
