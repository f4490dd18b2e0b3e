//! Runs that are killed: whatever the moment, there is no half file, and another run brings them to their end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::desk::{Desk, PROGRAM};

const MASK: &str = "mask in --policy policy.yaml --keyring keyring.json --out";

/// A desk with a dataset of CSV files in partitions.
fn desk(rule: &str) -> Desk {
    let desk = Desk::without_files();
    desk.policy(&format!(
        "  k: {{ action: pseudonymize, domain: k }}\n  email: {{ {rule} }}\n  n: {{ action: keep }}\n"
    ));
    for i in 0..6 {
        let folder = desk.path(&format!("in/k={i}"));
        fs::create_dir_all(&folder).unwrap();
        let row = |n: usize| format!("person.{i}.{n}@example.com,{n}\n");
        let rows: String = (0..400).map(row).collect();
        fs::write(folder.join("a.csv"), format!("email,n\n{rows}")).unwrap();
    }
    desk
}

/// Files by their paths, all but the journal.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found.remove("_tokenize.run.json");
    found
}

/// Begins a run, and kills it after a time.
fn kill(desk: &Desk, out: &str, after: Duration) {
    let mut run = Command::new(PROGRAM)
        .current_dir(desk.path(""))
        .args(MASK.split(' ').chain([out]))
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    thread::sleep(after);
    run.kill().unwrap();
    run.wait().unwrap();
}

/// Kills at `moments` spread over the time that a run takes; gives how many runs were neither untouched nor complete.
fn kill_and_resume(
    desk: &Desk,
    worker: usize,
    moments: usize,
    whole: &BTreeMap<String, Vec<u8>>,
    takes: Duration,
) -> usize {
    let mut in_the_middle = 0;
    for i in 0..moments {
        let out = format!("out-{worker}-{i}");
        // Odd steps of the golden ratio: spread evenly, in no order.
        let share = ((worker * moments + i) as f64 * 0.618_033_988).fract();
        kill(desk, &out, takes.mul_f64(share));
        let left = files(&desk.path(&out));
        for (name, bytes) in &left {
            let is_partial = name.rsplit('/').next().unwrap().starts_with('.');
            assert!(is_partial || whole.get(name) == Some(bytes), "{name} is not whole");
        }
        let is_complete = left.contains_key("_SUCCESS");
        assert!(!is_complete || left == *whole);
        in_the_middle += usize::from(!left.is_empty() && !is_complete);
        // `done` would look at every file of the desk, and the other worker's come and go.
        let resumed = desk.run(&format!("{MASK} {out} --resume"));
        assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
        assert!(!resumed.stderr.contains("person."), "{}", resumed.stderr);
        assert!(files(&desk.path(&out)) == *whole, "{:?}", files(&desk.path(&out)).keys());
    }
    in_the_middle
}

#[test]
fn killed_at_fifty_moments_and_resumed() {
    let desk = desk("action: tokenize, format: email");
    let began = Instant::now();
    desk.done(&format!("{MASK} whole"));
    let takes = began.elapsed().mul_f64(1.2);
    let whole = files(&desk.path("whole"));
    assert_eq!(whole.len(), 6 * 2 + 2);
    let in_the_middle: usize = thread::scope(|scope| {
        let (desk, whole) = (&desk, &whole);
        let workers = [0, 1]
            .map(|worker| scope.spawn(move || kill_and_resume(desk, worker, 25, whole, takes)));
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    assert!(in_the_middle > 5, "{in_the_middle} of 50 were killed in the middle");
}

#[test]
fn data_keys_survive_a_kill() {
    let desk = desk("action: encrypt, key: output, output: string");
    let began = Instant::now();
    desk.done(&format!("{MASK} whole"));
    let takes = began.elapsed();
    for i in 0..4 {
        let out = format!("out-{i}");
        kill(&desk, &out, takes.mul_f64(0.3 + 0.2 * f64::from(i)));
        desk.done(&format!("{MASK} {out} --resume"));
        desk.done(&format!("unmask {out} --keyring keyring.json --out clear-{i}"));
        let clear: Vec<_> = files(&desk.path(&format!("clear-{i}"))).into_iter().collect();
        let clear: Vec<_> = clear
            .into_iter()
            .filter(|(name, _)| name.ends_with("a.csv"))
            .map(|(_, bytes)| bytes)
            .collect();
        let mut given: Vec<_> = files(&desk.path("in")).into_values().collect();
        let mut clear = clear;
        given.sort();
        clear.sort();
        assert!(clear == given, "{out}");
    }
}
