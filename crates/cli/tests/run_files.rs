//! `run`: files that a script reads and writes, and what is said where it may not.

mod support;

use anyhow::Result;
use support::{Folder, Ran};

fn run(folder: &Folder, script: &str, arguments: &[&str]) -> Result<Ran> {
    folder.write("model.py", script)?;
    let mut all = vec!["run", "model.py"];
    all.extend(arguments);
    folder.run(&all)
}

const TEXTS: &str = "\
import csv, json, os
from pathlib import Path

os.makedirs('out', exist_ok=True)
with open('out/log.txt', 'w') as f:
    f.write('one\\n')
    print('two', file=f)
with open('out/log.txt', 'a') as f:
    f.writelines(['three\\n'])
print(open('out/log.txt').read().split(), [line.strip() for line in open('out/log.txt')])
with open('out/table.csv', 'w', newline='') as f:
    writer = csv.writer(f)
    writer.writerow(['name', 'x'])
    writer.writerows([['a, b', 1.5], ['c', 2]])
print(repr(Path('out/table.csv').read_text()))
with open('out/table.csv') as f:
    print([row['x'] for row in csv.DictReader(f)])
json.dump({'lr': 0.1, 'units': [1, 2]}, open('out/config.json', 'w'), indent=2)
print(json.load(open('out/config.json'))['units'], os.path.getsize('out/config.json'))
print(sorted(os.listdir('out')), os.path.exists('out/none'), Path('out').is_dir())
try:
    open('none.txt')
except FileNotFoundError as error:
    print(error)
";

const PRINTED: &str = "\
['one', 'two', 'three'] ['one', 'two', 'three']
'name,x\\n\"a, b\",1.5\\nc,2\\n'
['1.5', '2']
[1, 2] 46
['config.json', 'log.txt', 'table.csv'] False True
[Errno 2] No such file or directory: 'none.txt'
";

#[test]
fn reads_and_writes_in_its_folder() -> Result<()> {
    let folder = Folder::new("run_texts")?;
    let ran = run(&folder, TEXTS, &["--allow-read", "--allow-write"])?;
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (PRINTED, ""));
    assert_eq!(std::fs::read_to_string(folder.0.join("out/log.txt"))?, "one\ntwo\nthree\n");
    let config = "{\n  \"lr\": 0.1,\n  \"units\": [\n    1,\n    2\n  ]\n}";
    assert_eq!(std::fs::read_to_string(folder.0.join("out/config.json"))?, config);
    Ok(())
}

#[test]
fn keeps_for_itself_what_it_may_not_write() -> Result<()> {
    let folder = Folder::new("run_kept")?;
    let script = "\
import numpy as np
np.save('a', np.arange(3))
np.savez('b.npz', x=np.ones((2, 2), 'float32'), y=np.array(['p', 'qr']))
print(np.load('a.npy'), sorted(np.load('b.npz').files), np.load('b.npz')['y'])
np.savetxt('c.csv', np.eye(2), delimiter=',', fmt='%.1f', header='p,q')
print(np.loadtxt('c.csv', delimiter=','))
";
    let ran = run(&folder, script, &[])?;
    assert_eq!(ran.stdout, "[0 1 2] ['x', 'y'] ['p' 'qr']\n[[1. 0.]\n [0. 1.]]\n");
    assert!(ran.stderr.contains("note: `a.npy` is written only with --allow-write"), "{}", ran.stderr);
    assert!(!folder.0.join("a.npy").exists() && ran.exit == Some(0));
    Ok(())
}

#[test]
fn names_the_option_that_is_missing() -> Result<()> {
    let folder = Folder::new("run_refused_files")?;
    folder.write("data.csv", "1,2\n")?;
    for script in [
        "print(open('data.csv').read())\n",
        "import numpy as np\nprint(np.loadtxt('data.csv', delimiter=','))\n",
        "import os\nif os.path.exists('data.csv'):\n    print('there')\n",
    ] {
        let ran = run(&folder, script, &["--allow-write"])?;
        assert_eq!((ran.exit, ran.stdout.as_str()), (Some(125), ""), "{}", ran.stderr);
        assert!(ran.stderr.contains("`data.csv` is read only with --allow-read"), "{}", ran.stderr);
        assert_eq!(run(&folder, script, &["--allow-read"])?.exit, Some(0));
    }
    let outside = run(&folder, "open('/etc/passwd')\n", &["--allow-read"])?;
    assert!(outside.stderr.contains("outside of the script's folder"), "{}", outside.stderr);
    let pickle = run(&folder, "import pickle\npickle.load(open('data.csv', 'rb'))\n", &["--allow-read"])?;
    assert!(pickle.stderr.contains("a pickle is never read"), "{}", pickle.stderr);
    Ok(())
}

#[test]
fn logs_epochs_as_a_table() -> Result<()> {
    let folder = Folder::new("run_csv_logger")?;
    let script = "\
import numpy as np
import keras
x, y = np.arange(8.0).reshape(8, 1), np.zeros(8)
m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer='ones')])
m.compile(keras.optimizers.SGD(0.0), 'mse', metrics=['mae'])
c = keras.callbacks
m.fit(x, y, epochs=2, verbose=0, callbacks=[c.CSVLogger('log.csv'), c.TensorBoard('logs')])
m.fit(x, y, verbose=0, callbacks=[c.CSVLogger('log.csv', separator=';', append=True)], validation_data=(x, y))
";
    let ran = run(&folder, script, &["--allow-read", "--allow-write"])?;
    assert_eq!((ran.exit, ran.stderr.as_str()), (Some(0), "note: `TensorBoard` writes nothing\n"));
    let table = std::fs::read_to_string(folder.0.join("log.csv"))?;
    let lines: Vec<&str> = table.split("\r\n").collect();
    let expected = [
        "epoch,loss,mae,val_loss,val_mae",
        "0,17.5,3.5,NA,NA",
        "1,17.5,3.5,NA,NA",
        "0;17.5;3.5;17.5;3.5",
        "",
    ];
    assert_eq!(lines, expected);
    Ok(())
}
