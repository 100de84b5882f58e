//! Verdicts that Java gave.
