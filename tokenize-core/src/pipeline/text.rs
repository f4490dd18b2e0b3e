//! Texts that are no column of a table: a prompt, an answer.

use std::sync::{Arc, OnceLock};

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::{MaskPlan, Tokenizer, UnmaskPlan, Unmasker, refused};
use crate::action::ActionError;
use crate::error::Error;
use crate::plan::PlanFaultKind;
use crate::policy::TEXT_COLUMN;

/// Masks and unmasks single texts by the `text:` of a policy, from any thread.
pub struct TextPlan {
    mask: MaskPlan,
    unmasker: Unmasker,
    unmask: OnceLock<UnmaskPlan>,
}

impl Tokenizer {
    /// Plans to mask texts that are no column, by the policy's `text:`, or else by its one rule whose action is `text`.
    ///
    /// # Examples
    /// ```
    /// # use tokenize_core::{Keyring, KeyringOptions, Policy, Tokenizer};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("keyring.json");
    /// # let keyring = Keyring::create(&path, KeyringOptions::new("local:kek.key".parse()?, "2026-01-02T03:04:05Z".parse()?))?;
    /// let policy = Policy::from_text("
    /// version: 1
    /// name: assistant
    /// columns: { email: { action: tokenize, format: email, optional: true } }
    /// text: { entities: { EMAIL_ADDRESS: { as: email } } }
    /// ")?;
    /// let texts = Tokenizer::new(policy, &keyring)?.plan_texts()?;
    /// let prompt = texts.mask("Write to jane.doe@example.com, please.")?;
    /// assert!(prompt.starts_with("Write to [EMAIL_ADDRESS:") && !prompt.contains("jane"));
    ///
    /// let answer = format!("I wrote to {}.", &prompt[9..prompt.find(']').unwrap() + 1]);
    /// assert_eq!(texts.unmask(&answer)?, "I wrote to jane.doe@example.com.");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Plan`] if the policy has no `text:`, [`Error::Key`].
    pub fn plan_texts(&self) -> Result<TextPlan, Error> {
        let policy = self.policy.for_texts().ok_or_else(|| refused(PlanFaultKind::NoTextRule))?;
        if policy.rules().iter().any(|rule| rule.action.is_natural_text()) {
            return Err(refused(PlanFaultKind::NaturalNested));
        }
        let tokenizer = Self { policy: policy.clone(), keyring: self.keyring.clone() };
        let mask = tokenizer.plan_mask(&schema())?;
        let unmasker = Unmasker::new(&self.keyring).policy(policy);
        Ok(TextPlan { mask, unmasker, unmask: OnceLock::new() })
    }
}

impl TextPlan {
    /// The text with what is found in it treated.
    ///
    /// # Errors
    /// [`Error::Action`].
    pub fn mask(&self, text: &str) -> Result<String, Error> {
        let masked = self.mask.mask_bare(&batch(text)?, 0)?;
        Ok(first(&masked))
    }

    /// The text with every genuine tag brought back; whatever else is like a tag stays as it is.
    ///
    /// # Errors
    /// [`Error::Action`], and [`Error::Key`] when the first text is unmasked.
    pub fn unmask(&self, text: &str) -> Result<String, Error> {
        let plan = match self.unmask.get() {
            Some(plan) => plan,
            None => {
                let plan = self.unmasker.plan(&schema())?;
                self.unmask.get_or_init(|| plan)
            }
        };
        Ok(first(&plan.unmask(&batch(text)?)?))
    }
}

fn schema() -> SchemaRef {
    Arc::new(Schema::new(vec![Field::new(TEXT_COLUMN, DataType::Utf8, true)]))
}

fn batch(text: &str) -> Result<RecordBatch, ActionError> {
    let column: ArrayRef = Arc::new(StringArray::from(vec![Some(text)]));
    Ok(RecordBatch::try_new(schema(), vec![column])?)
}

/// The one text of a batch; a value that was lost is nothing.
fn first(batch: &RecordBatch) -> String {
    let texts = batch.column(0).as_string::<i32>();
    texts.iter().next().flatten().unwrap_or_default().to_owned()
}
