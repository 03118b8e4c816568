//! The directory of local social-insurance offices.
