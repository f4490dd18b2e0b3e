//! STAND-IN for AWS KMS, for tests only: it protects nothing, checks no signature and no policy but its own list of denials, and knows three requests.
//!
//! It listens on 127.0.0.1 and speaks enough of HTTP/1.1 and of KMS's JSON for `Encrypt`, `Decrypt` and `GenerateDataKey` of symmetric
//! keys. What it wraps opens under the same key and context and in no other way, as in KMS; but a blob is a random name for a row of a table
//! in memory, so that it ends with the stand-in. There are no grants, no rotation, no quotas, no other accounts.
//!
//! It can be told to fail in many ways, and counts what it is asked. Include it by `#[path]`: it needs nothing but `serde_json`.
#![allow(dead_code, reason = "every test binary that includes it uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic in a test is its report")]

#[path = "stand_in/service.rs"]
mod service;
#[path = "stand_in/wire.rs"]
mod wire;

use std::collections::HashMap;
use std::io::BufReader;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::json;

use service::{Service, Status};
use wire::Message;
pub(crate) use wire::encode;

/// The region of keys that name none.
pub(crate) const REGION: &str = "eu-west-1";

/// A KMS on a port of its own, until it is dropped.
pub(crate) struct StandInKms {
    shared: Arc<Shared>,
}

/// A request as it came in, whatever became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// `Encrypt`, `Decrypt` or `GenerateDataKey`.
    pub(crate) action: String,
    /// The value of `tokenize:purpose` in the encryption context.
    pub(crate) purpose: Option<String>,
    /// The encryption context, ordered by name.
    pub(crate) context: Vec<(String, String)>,
    /// The `KeyId` asked for.
    pub(crate) key: Option<String>,
    /// The region that the request was signed for.
    pub(crate) region: String,
}

impl StandInKms {
    /// Starts one that has no keys yet.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            address,
            state: Mutex::new(State { listening: true, ..State::default() }),
            changed: Condvar::new(),
        });
        let acceptor = shared.clone();
        thread::spawn(move || acceptor.accept(listener));
        Self { shared }
    }

    /// What `AWS_ENDPOINT_URL_KMS` has to be.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.shared.address)
    }

    /// Makes a key in [`REGION`]; gives its ARN.
    pub(crate) fn create_key(&self) -> String {
        self.create_key_in(REGION)
    }

    /// Makes a key in a region; gives its ARN.
    pub(crate) fn create_key_in(&self, region: &str) -> String {
        self.lock().service.create_key(region)
    }

    /// Makes a multi-Region key with a replica in each region; gives their ARNs.
    pub(crate) fn create_multi_region_key(&self, regions: &[&str]) -> Vec<String> {
        self.lock().service.create_multi_region_key(regions)
    }

    /// Makes `alias/NAME` stand for a key, in the region of the key, instead of what it stood for.
    pub(crate) fn set_alias(&self, alias: &str, key: &str) {
        self.lock().service.set_alias(alias, key);
    }

    /// Disables a key, by its ARN.
    pub(crate) fn disable(&self, key: &str) {
        self.lock().service.set_status(key, Status::Disabled);
    }

    /// Enables a key that is disabled or to be deleted.
    pub(crate) fn enable(&self, key: &str) {
        self.lock().service.set_status(key, Status::Enabled);
    }

    /// Puts a key in the state before its deletion.
    pub(crate) fn schedule_deletion(&self, key: &str) {
        self.lock().service.set_status(key, Status::PendingDeletion);
    }

    /// Denies an action from now on, for all purposes or for one.
    pub(crate) fn deny(&self, action: &str, purpose: Option<&str>) {
        self.lock().denied.push((action.to_owned(), purpose.map(str::to_owned)));
    }

    /// Throttles the next `requests`, then works; `usize::MAX` for all.
    pub(crate) fn throttle(&self, requests: usize) {
        self.set(Trouble::Throttle(requests));
    }

    /// Reads requests and does not answer until [`Self::recover`].
    pub(crate) fn hang(&self) {
        self.set(Trouble::Hang);
    }

    /// Answers none until `requests` wait at the same time; then all, and works.
    pub(crate) fn gather(&self, requests: usize) {
        self.set(Trouble::Gather { missing: requests });
    }

    /// Answers everything with an error of KMS's form.
    pub(crate) fn answer_error(&self, status: u16, code: &str, message: &str) {
        self.answer(status, &json!({ "__type": code, "message": message }).to_string());
    }

    /// Answers everything with these bytes.
    pub(crate) fn answer(&self, status: u16, body: &str) {
        self.set(Trouble::Answer(status, body.to_owned()));
    }

    /// Answers `requests` more, then closes its connections and refuses new ones.
    pub(crate) fn fail_after(&self, requests: usize) {
        self.lock().left = Some(requests);
        if requests == 0 {
            self.shared.refuse(self.lock());
        }
    }

    /// Ends denials, throttling, hanging, errors and refusals. Keys stay as they are.
    pub(crate) fn recover(&self) {
        let mut state = self.lock();
        state.denied.clear();
        state.trouble = Trouble::None;
        state.left = None;
        state.refusing = false;
        self.shared.changed.notify_all();
        let _listens = self.shared.wait(state, |state| state.listening);
    }

    /// Every request since the start, in the order they came in.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    /// How many requests have come in.
    pub(crate) fn requests(&self) -> usize {
        self.lock().seen.len()
    }

    /// How many of one action have come in, for all purposes or for one.
    pub(crate) fn requests_of(&self, action: &str, purpose: Option<&str>) -> usize {
        let fits = |seen: &&Seen| {
            seen.action == action && (purpose.is_none() || seen.purpose.as_deref() == purpose)
        };
        self.lock().seen.iter().filter(fits).count()
    }

    /// Forgets which requests have come in.
    pub(crate) fn reset_seen(&self) {
        self.lock().seen.clear();
    }

    /// Waits until `requests` have come in.
    pub(crate) fn wait_for_requests(&self, requests: usize) {
        drop(self.shared.wait(self.lock(), |state| state.seen.len() >= requests));
    }

    /// Waits until nobody is connected any more.
    pub(crate) fn wait_until_disconnected(&self) {
        drop(self.shared.wait(self.lock(), |state| state.connections.is_empty()));
    }

    /// Every plaintext that it has seen or made, to look for where none may be.
    pub(crate) fn plaintexts(&self) -> Vec<Vec<u8>> {
        self.lock().service.plaintexts()
    }

    fn set(&self, trouble: Trouble) {
        self.lock().trouble = trouble;
        self.shared.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap()
    }
}

impl Drop for StandInKms {
    fn drop(&mut self) {
        let mut state = self.lock();
        state.ended = true;
        self.shared.refuse(state);
    }
}

struct Shared {
    address: SocketAddr,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    service: Service,
    denied: Vec<(String, Option<String>)>,
    trouble: Trouble,
    /// How many requests are answered before connections are refused.
    left: Option<usize>,
    refusing: bool,
    ended: bool,
    listening: bool,
    connections: HashMap<u64, TcpStream>,
    accepted: u64,
    seen: Vec<Seen>,
}

#[derive(Default)]
enum Trouble {
    Answer(u16, String),
    Gather {
        missing: usize,
    },
    Hang,
    #[default]
    None,
    Throttle(usize),
}

/// Status and body; nothing where the connection is to be closed.
type Answer = Option<(u16, String)>;

impl Shared {
    /// The accepting thread. It closes its port while connections are refused.
    fn accept(self: &Arc<Self>, mut listener: TcpListener) {
        loop {
            while let Ok((stream, _)) = listener.accept() {
                let mut state = self.state.lock().unwrap();
                if state.refusing || state.ended {
                    break;
                }
                state.accepted += 1;
                let (id, shared) = (state.accepted, self.clone());
                state.connections.insert(id, stream.try_clone().unwrap());
                thread::spawn(move || shared.serve(id, stream));
            }
            drop(listener);
            let mut state = self.state.lock().unwrap();
            state.listening = false;
            self.changed.notify_all();
            state = self.changed.wait_while(state, |s| s.refusing && !s.ended).unwrap();
            if state.ended {
                return;
            }
            listener = TcpListener::bind(self.address).unwrap();
            state.listening = true;
            self.changed.notify_all();
        }
    }

    /// The thread of one connection.
    fn serve(&self, id: u64, stream: TcpStream) {
        let mut reader = BufReader::new(&stream);
        while let Ok(Some(message)) = wire::read(&mut reader) {
            let Some((status, body)) = self.answer(&message) else { break };
            if wire::write(&stream, status, &body).is_err() {
                break;
            }
        }
        let _ = stream.shutdown(Shutdown::Both);
        self.state.lock().unwrap().connections.remove(&id);
        self.changed.notify_all();
    }

    fn answer(&self, message: &Message) -> Answer {
        let request = service::Request::read(message);
        let mut state = self.state.lock().unwrap();
        state.seen.push(request.seen.clone());
        self.changed.notify_all();
        match state.left {
            Some(0) => {
                self.refuse(state);
                return None;
            }
            Some(left) => state.left = Some(left - 1),
            None => {}
        }
        state = self.undergo(state);
        match &mut state.trouble {
            Trouble::Answer(status, body) => return Some((*status, body.clone())),
            Trouble::Throttle(left) if *left > 0 => {
                *left -= 1;
                return Some(service::error("ThrottlingException", "Rate exceeded"));
            }
            _ => {}
        }
        let Seen { action, purpose, .. } = &request.seen;
        let denies = |(denied, of): &(String, Option<String>)| {
            denied == action && (of.is_none() || of == purpose)
        };
        if state.denied.iter().any(denies) {
            let text = format!("User is not authorized to perform: kms:{action}");
            return Some(service::error("AccessDeniedException", &text));
        }
        Some(state.service.answer(&request))
    }

    /// Waits as long as it is told to.
    fn undergo<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if let Trouble::Gather { missing } = &mut state.trouble {
            *missing = missing.saturating_sub(1);
            if *missing == 0 {
                state.trouble = Trouble::None;
                self.changed.notify_all();
            }
        }
        let waits = |s: &mut State| {
            matches!(s.trouble, Trouble::Hang | Trouble::Gather { .. }) && !s.refusing && !s.ended
        };
        self.changed.wait_while(state, waits).unwrap()
    }

    /// Closes the port, then every connection.
    fn refuse<'a>(&'a self, mut state: MutexGuard<'a, State>) {
        state.refusing = true;
        self.changed.notify_all();
        if state.listening {
            // The accepting thread sees the change when somebody comes in.
            drop(TcpStream::connect(self.address));
        }
        state = self.wait(state, |state| !state.listening);
        for stream in state.connections.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Waits for what other threads do; for ever would hide what is wrong.
    fn wait<'a>(
        &'a self,
        state: MutexGuard<'a, State>,
        done: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        let waits = |state: &mut State| !done(state);
        let (state, outcome) =
            self.changed.wait_timeout_while(state, Duration::from_secs(20), waits).unwrap();
        assert!(!outcome.timed_out() || thread::panicking(), "the stand-in waited in vain");
        state
    }
}
