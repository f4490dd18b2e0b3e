//! What the SDK traces, at its most talkative.

use std::fmt::{Debug, Write};
use std::sync::{Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::{Bench, KEY, context, forms, key, quick};

/// Everything that was traced in this process.
static TRACED: Mutex<String> = Mutex::new(String::new());

struct Listener;

impl Subscriber for Listener {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Writer);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Writer);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Writer);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Writer;

impl Visit for Writer {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Formatted first: a value may trace while it is.
        let text = format!("{}={value:?}", field.name());
        let mut traced = TRACED.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(traced, "{text}").unwrap();
    }
}

#[test]
fn no_trace_shows_a_key() {
    // For the whole process, since the SDK works on a thread of its own.
    tracing::subscriber::set_global_default(Listener).unwrap();
    // Stalled stream protection would hide the bodies of requests by chance.
    let unprotected = |config: SdkConfig| {
        let mut builder = config.to_builder();
        builder.set_stalled_stream_protection(Some(StalledStreamProtectionConfig::disabled()));
        builder.build()
    };
    let bench = Bench::with(unprotected, quick());
    let wrapped = bench.wrapped();
    bench.unwrap(&wrapped).unwrap();
    let (_, generated) = bench.kms.generate(&context("reveal")).unwrap();
    bench.service.throttle(2);
    bench.kms.wrap(&key(), &context("reveal")).unwrap();
    bench.service.disable(&bench.arn);
    bench.unwrap(&generated).map(|_| ()).unwrap_err();

    let traced = TRACED.lock().unwrap_or_else(PoisonError::into_inner);
    for line in ["transmitting request", "read HTTP response body", "output_or_error"] {
        assert!(traced.contains(line), "this test listens to nothing: {line}");
    }
    let made = bench.service.plaintexts();
    for form in made.iter().chain([&KEY.to_vec()]).flat_map(|key| forms(key)) {
        let line = traced.lines().find(|line| line.contains(&form));
        assert!(line.is_none(), "{form} in {line:?}");
    }
}
