//! Names of libraries that scripts of earlier years import, and that today's releases no longer have.
//!
//! source: scikit-learn 1.9.1, pandas 3.1.1, SciPy 1.17.1, each tried by importing it

/// Modules that were.
static MODULES: &[&str] = &[
    "pandas.io.data",
    "pandas.lib",
    "pandas.tools",
    "scipy.misc.pilutil",
    "sklearn.cluster.k_means_",
    "sklearn.cross_validation",
    "sklearn.datasets.base",
    "sklearn.datasets.samples_generator",
    "sklearn.decomposition.pca",
    "sklearn.ensemble.forest",
    "sklearn.ensemble.gradient_boosting",
    "sklearn.externals.joblib",
    "sklearn.externals.six",
    "sklearn.feature_extraction.stop_words",
    "sklearn.grid_search",
    "sklearn.hmm",
    "sklearn.lda",
    "sklearn.learning_curve",
    "sklearn.linear_model.base",
    "sklearn.linear_model.logistic",
    "sklearn.manifold.t_sne",
    "sklearn.metrics.classification",
    "sklearn.metrics.ranking",
    "sklearn.metrics.scorer",
    "sklearn.mixture.gmm",
    "sklearn.neighbors.kde",
    "sklearn.neural_network.multilayer_perceptron",
    "sklearn.preprocessing.data",
    "sklearn.preprocessing.imputation",
    "sklearn.preprocessing.label",
    "sklearn.qda",
    "sklearn.svm.classes",
    "sklearn.tree.tree",
    "sklearn.utils.linear_assignment_",
    "sklearn.utils.testing",
];

/// What modules had besides.
static NAMES: &[(&str, &[&str])] = &[
    (
        "pandas",
        &[
            "Expr",
            "Float64Index",
            "Int64Index",
            "Panel",
            "SparseDataFrame",
            "SparseSeries",
            "TimeGrouper",
            "UInt64Index",
            "datetime",
            "ewma",
            "expanding_mean",
            "get_store",
            "match",
            "np",
            "rolling_mean",
            "rolling_std",
            "rolling_sum",
            "scatter_matrix",
            "value_counts",
        ],
    ),
    ("scipy", &["arange", "array", "linspace", "ones", "rand", "randn", "zeros"]),
    ("scipy.integrate", &["cumtrapz", "simps", "trapz"]),
    (
        "scipy.misc",
        &[
            "ascent",
            "bytescale",
            "comb",
            "derivative",
            "electrocardiogram",
            "face",
            "factorial",
            "fromimage",
            "imfilter",
            "imread",
            "imresize",
            "imrotate",
            "imsave",
            "imshow",
            "logsumexp",
            "toimage",
        ],
    ),
    ("scipy.signal", &["gaussian", "hamming", "hann"]),
    ("scipy.stats", &["itemfreq"]),
    ("sklearn.datasets", &["fetch_mldata"]),
    ("sklearn.decomposition", &["RandomizedPCA"]),
    ("sklearn.inspection", &["plot_partial_dependence"]),
    ("sklearn.linear_model", &["RandomizedLasso", "RandomizedLogisticRegression"]),
    (
        "sklearn.metrics",
        &[
            "calinski_harabaz_score",
            "jaccard_similarity_score",
            "plot_confusion_matrix",
            "plot_precision_recall_curve",
            "plot_roc_curve",
        ],
    ),
    ("sklearn.mixture", &["DPGMM", "GMM"]),
    ("sklearn.preprocessing", &["CategoricalEncoder", "Imputer"]),
    ("sklearn.utils", &["safe_indexing"]),
];

/// What raises `ImportError` with words of its own when it is asked for: module, name, and how the words begin.
static REFUSED: &[(&str, &str, &str)] = &[(
    "sklearn.datasets",
    "load_boston",
    "\n`load_boston` has been removed from scikit-learn since version 1.2.\n",
)];

/// Returns the shortest prefix of a module's dotted name that is gone.
pub(crate) fn module(name: &str) -> Option<&str> {
    let ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
    ends.map(|end| &name[..end]).find(|prefix| MODULES.binary_search(prefix).is_ok())
}

/// Tells whether a module has a name no longer, be it a module or not.
pub(crate) fn name(module: &str, name: &str) -> bool {
    NAMES.iter().any(|(of, names)| *of == module && names.contains(&name))
        || MODULES.binary_search(&&*format!("{module}.{name}")).is_ok()
}

/// Returns with which words a module refuses a name.
pub(crate) fn refusal(module: &str, name: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(of, refused, _)| *of == module && *refused == name).map(|(_, _, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_in_order() {
        assert!(MODULES.is_sorted() && NAMES.is_sorted());
        assert_eq!(module("pandas.tools.plotting"), Some("pandas.tools"));
        assert!(name("sklearn", "grid_search") && !name("sklearn", "svm"));
    }
}
