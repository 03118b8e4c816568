//! Identifiers and kinds of administrative units.

/// What a unit is called; the word stands before its name in Vietnamese.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum UnitKind {
    /// Phường, a ward in a town.
    Phuong,
    /// Xã, a commune.
    Xa,
    /// Đặc khu, a special zone (islands), since July 2025.
    DacKhu,
    /// Thị trấn, a township, until June 2025.
    ThiTran,
    /// Quận, an urban district, until June 2025.
    Quan,
    /// Huyện, a rural district, until June 2025.
    Huyen,
    /// Thị xã, a town, until June 2025.
    ThiXa,
    /// Thành phố: a city under a province until June 2025, or a centrally run one.
    ThanhPho,
    /// Tỉnh, a province.
    Tinh,
}

/// All kinds in the order of their numbers in the file.
const KINDS: [UnitKind; 9] = [
    UnitKind::Phuong,
    UnitKind::Xa,
    UnitKind::DacKhu,
    UnitKind::ThiTran,
    UnitKind::Quan,
    UnitKind::Huyen,
    UnitKind::ThiXa,
    UnitKind::ThanhPho,
    UnitKind::Tinh,
];

impl UnitKind {
    pub(crate) fn from_u8(n: u8) -> Option<Self> {
        KINDS.get(usize::from(n)).copied()
    }

    /// The Vietnamese word, capitalised as before a name: `Phường`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Phuong => "Phường",
            Self::Xa => "Xã",
            Self::DacKhu => "Đặc khu",
            Self::ThiTran => "Thị trấn",
            Self::Quan => "Quận",
            Self::Huyen => "Huyện",
            Self::ThiXa => "Thị xã",
            Self::ThanhPho => "Thành phố",
            Self::Tinh => "Tỉnh",
        }
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        ///
        /// Only meaningful within the directory that gave it; codes and slugs are what may be kept.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) u16);

        impl $name {
            pub(crate) fn index(self) -> usize {
                usize::from(self.0)
            }
        }
    )*};
}

ids! {
    /// One of the 34 provinces and centrally run cities since July 2025.
    ProvinceId
    /// One of the 63 provinces until June 2025.
    OldProvinceId
    /// One of the 696 districts until June 2025.
    DistrictId
    /// One of the 3,321 wards, communes and special zones since July 2025.
    WardId
    /// One of the wards, communes and townships of June 2025.
    OldWardId
    /// An office of the social insurance.
    OfficeId
}
