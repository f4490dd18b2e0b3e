//! Requests whose bodies are in no trace.

use std::mem;

use aws_sdk_kms::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_kms::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_kms::error::BoxError;
use aws_smithy_types::body::SdkBody;

/// Hides the body of a request from the SDK's own traces.
///
/// At the level `TRACE` the SDK writes each signed request whole, and that of `Encrypt` holds the key in base64: by intent it redacts answers
/// only. What some versions of it wrap a body in, to count bytes or to notice stalled streams, hides it too, but by chance. A body that is a
/// stream is written as `BoxBody`; the request has been signed, and saved for further tries, before.
#[derive(Debug)]
pub(super) struct Untraced;

impl Intercept for Untraced {
    fn name(&self) -> &'static str {
        "Untraced"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.request_mut().body_mut();
        let bytes = mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(bytes);
        Ok(())
    }
}
