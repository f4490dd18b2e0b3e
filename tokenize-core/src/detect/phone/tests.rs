use crate::detect::Detector;
