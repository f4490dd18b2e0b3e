//! Objects of parts that are completed only where there is no object yet.

use async_trait::async_trait;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};

/// Connections on which `CompleteMultipartUpload` carries `If-None-Match: *`, which `object_store` has no option for. The header is not among
/// those that S3 wants signed.
#[derive(Debug, Default)]
pub(super) struct OnlyNew(ReqwestConnector);

impl HttpConnector for OnlyNew {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        self.0.connect(options).map(|client| HttpClient::new(Conditional(client)))
    }
}

#[derive(Debug)]
struct Conditional(HttpClient);

#[async_trait]
impl HttpService for Conditional {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let query = request.uri().query().unwrap_or_default();
        let is_completion = request.method().as_str() == "POST"
            && query.split('&').any(|pair| pair.starts_with("uploadId="));
        if is_completion && let Ok(any) = "*".parse() {
            request.headers_mut().insert("if-none-match", any);
        }
        self.0.execute(request).await
    }
}
