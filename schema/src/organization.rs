//! Where an organization stands in the city's political system: on which axis and at which level.

crate::string_enum! {
    /// The four axes along which the city shares its work.
    pub enum Axis {
        /// The Party (Đảng).
        Party = "PARTY",
        /// The People's Council (Hội đồng nhân dân).
        Council = "COUNCIL",
        /// The People's Committee (Ủy ban nhân dân) and what reports to it.
        Committee = "COMMITTEE",
        /// The Fatherland Front (Mặt trận Tổ quốc) and its member organizations.
        Front = "FRONT",
    }
}

crate::string_enum! {
    /// The four levels, from the city down to the grass roots.
    pub enum Level {
        /// The city itself.
        City = "CITY",
        /// A department (sở, ban, ngành) of the city.
        Department = "DEPARTMENT",
        /// A ward (phường) or commune (xã).
        Commune = "COMMUNE",
        /// Below the commune: residential groups, villages, cells.
        Grassroots = "GRASSROOTS",
    }
}
