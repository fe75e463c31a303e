import datetime
from datetime import datetime as dt, timedelta, date
import numpy as np
import pandas as pd
d = dt(2021, 3, 4, 5, 6, 7)
print(d, repr(d), d.isoformat(), d.strftime("%Y%m%d-%H%M%S"), d.date(), d.weekday())
print(d + timedelta(days=30), d - dt(2020, 1, 1), repr(timedelta(hours=36)), timedelta(seconds=3661))
print(date(2020, 2, 29), date(2020, 2, 29) + timedelta(days=1), d.year, d.month, d.hour)
print(dt.strptime("2020-05-06", "%Y-%m-%d"))
print(d.timetuple().tm_yday, d.strftime("%A %d %B %Y"))
print((d - dt(2021, 1, 1)).total_seconds(), (d - dt(2021, 1, 1)).days)
print(d > dt(2021, 1, 1), d.replace(year=2022))
r = pd.date_range("2021-01-01", periods=3, freq="D")
s = pd.Series([1.0, 2.0, 3.0], index=r)
print(f"{d:%Y-%m-%d}", "log_" + d.strftime("%j"))
