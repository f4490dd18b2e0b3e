//! Columns of a policy as functions of DataFusion's SQL.
//!
//! ```sql
//! SELECT mask_email(email), count(*) FROM orders GROUP BY 1
//! ```

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::{DataFusionError, Result};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use tokenize_core::{MaskPlan, Tokenizer};

/// `mask_COLUMN`: gives each value the token that the policy's rule for the column would give it in a table.
///
/// The policy's other columns are to be `optional: true`, as a function sees one column alone. For the same reason a rule that looks
/// into another column (`subject`, `known_values`) is refused.
#[derive(Debug)]
pub struct MaskColumn {
    name: String,
    signature: Signature,
    before: SchemaRef,
    after: DataType,
    plan: MaskPlan,
}

impl MaskColumn {
    /// Plans the column once, for values of one type; DataFusion casts others to it.
    ///
    /// `volatility` is [`Volatility::Volatile`] for randomized `encrypt`, whose cells differ each time, and
    /// [`Volatility::Stable`] for what is deterministic, so that it can be moved, shared and compared with.
    ///
    /// # Errors
    /// [`DataFusionError::External`] of a `tokenize_core::Error`: the policy does nothing to such a column, or a key cannot be used.
    pub fn new(
        tokenizer: &Tokenizer,
        column: &str,
        type_: DataType,
        volatility: Volatility,
    ) -> Result<Self> {
        let before = Arc::new(Schema::new(vec![Field::new(column, type_.clone(), true)]));
        let plan = tokenizer.plan_mask(&before).map_err(external)?;
        Ok(Self {
            name: format!("mask_{column}"),
            signature: Signature::exact(vec![type_], volatility),
            after: plan.schema().map_err(external)?.field(0).data_type().clone(),
            before,
            plan,
        })
    }

    /// The function, for `SessionContext::register_udf`.
    #[must_use]
    pub fn into_udf(self) -> ScalarUDF {
        ScalarUDF::new_from_impl(self)
    }
}

impl ScalarUDFImpl for MaskColumn {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.after.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let columns = args
            .args
            .into_iter()
            .map(|value| value.into_array(args.number_rows))
            .collect::<Result<Vec<_>>>()?;
        let batch = RecordBatch::try_new(Arc::clone(&self.before), columns)?;
        let masked = self.plan.mask(&batch).map_err(external)?;
        Ok(ColumnarValue::Array(Arc::clone(masked.column(0))))
    }
}

/// Two are the same function if they are the same plan.
impl PartialEq for MaskColumn {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Eq for MaskColumn {}

impl Hash for MaskColumn {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

fn external(error: tokenize_core::Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}
